import { expect, test } from 'vitest';
import { withPlannerSettings } from './postgres.js';

function optionsOf(url: string): string | null {
  return new URL(url).searchParams.get('options');
}

test("ingest's planner settings travel as start-up options", () => {
  const url = withPlannerSettings('postgres://recado:p%40ss@db.internal:5433/recado?sslmode=require');
  expect(url).toContain('recado:p%40ss@db.internal:5433/recado?sslmode=require');
  expect(optionsOf(url)).toMatch(/^-c jit=off .*-c enable_mergejoin=off$/);
});

test("the URL's own options are kept", () => {
  const url = withPlannerSettings('postgres://recado@db/recado?options=-c%20search_path%3Dinbox');
  expect(optionsOf(url)).toMatch(/^-c search_path=inbox -c jit=off/);
});
