// Portuguese small talk between a shop and its customers, with accents, emoji and the odd character.
import type { Random } from '../random.js';

const OPENINGS = ['Oi', 'Bom dia', 'Boa tarde', 'Olá, tudo bem?', 'Opa', 'Oi, pessoal', 'Boa noite 🌙', 'E aí'];
const INBOUND = [
  'vocês têm entrega hoje?',
  'queria saber do pedido',
  'o boleto não chegou ainda 😕',
  'qual o valor com desconto?',
  'pode ser amanhã de manhã?',
  'meu endereço mudou, é rua São João, nº',
  'obrigada! ❤️',
  'não funcionou não…',
  'segue o comprovante',
  'tem do azul também? ou só vermelho',
  '👍🏽',
  'ação, coração, pão de açúcar: tudo no mesmo pacote?',
];
const OUTBOUND = [
  'Claro, já estou verificando',
  'Seu pedido saiu para entrega 🚚',
  'Pode me confirmar o CPF, por favor?',
  'Enviamos o boleto novamente.\nQualquer coisa é só chamar!',
  'Hoje até as 18h',
  'Temos sim! Quer que eu separe?',
  'Um momento, por favor',
  'Fica R$ 1.249,90 à vista',
  '*Promoção*: _frete grátis_ acima de R$ 99',
  'De nada 😊',
];
const NAMES = [
  'Zuleica',
  'João Vítor',
  'Conceição',
  'Mateus 🌻',
  'D. Araci',
  'Iracema Açaí',
  'Ítalo',
  'Ana & Bia',
  'Ñandu',
];
const EMOJI = ['👍', '❤️', '😂', '😮', '🙏', '👏🏾', '✅'];

/** A short text as a customer or an agent would write it; `n` makes each one different. */
export function sentence(random: Random, direction: 'INBOUND' | 'OUTBOUND', n: number): string {
  const words = random.pick(direction === 'INBOUND' ? INBOUND : OUTBOUND);
  const opening = random.happens(0.3) ? `${random.pick(OPENINGS)}, ` : '';
  return `${opening}${words} ${n}`;
}

/** The profile name of the n-th person among the customers of a tenant: no two are called the same. */
export function nameOfPerson(n: number, tenant: number): string {
  return `${NAMES[n % NAMES.length] ?? ''} ${n}/${tenant}`;
}

export function emojiOf(random: Random): string {
  return random.pick(EMOJI);
}
