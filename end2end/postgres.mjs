/** A database of our own on the PostgreSQL that the caller names. */

import { randomBytes } from "node:crypto";
import postgres from "postgres";

export async function createDatabase() {
  const name = `tiny_end2end_${randomBytes(6).toString("hex")}`;
  await administer((sql) => sql`CREATE DATABASE ${sql(name)}`);
  const url = new URL(process.env.TINY_TEST_POSTGRES_URL);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer((sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`) };
}

async function administer(act) {
  const sql = postgres(process.env.TINY_TEST_POSTGRES_URL, { max: 1, onnotice: () => {} });
  try {
    await act(sql);
  } finally {
    await sql.end();
  }
}
