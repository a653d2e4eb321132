// The endpoints in Node, with the SDK's defaults; ENDPOINT selects the one that this process serves.
"use strict";
const { createHash, randomUUID } = require("node:crypto");
const http = require("node:http");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const {
  BatchGetCommand, DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand,
} = require("@aws-sdk/lib-dynamodb");

const database = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.TABLE_NAME;
const grants = new Map();

async function admit(event) {
  const value = event.headers.authorization ?? "";
  if (!grants.has(value)) {
    const digest = createHash("sha256").update(value).digest("hex");
    const { Item: key } = await database.send(
      new GetCommand({ TableName, Key: { pk: `key#${digest}`, sk: "key" }, ConsistentRead: true }),
    );
    if (!key) return undefined;
    const Keys = ["tenant", "model#customer", "model#case"].map((sk) => ({ pk: `${key.tenant}#settings`, sk }));
    const { Responses } = await database.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
    );
    grants.set(value, { tenant: key.tenant, settings: Responses[TableName] });
  }
  return grants.get(value);
}

function shown({ pk, profile, identifiers, updated }) {
  const contacts = Object.fromEntries(identifiers.map(({ role, value }) => [role, value]));
  return { id: pk.split("#").pop(), ...profile, ...contacts, updated: updated.at };
}

async function find({ tenant }, event) {
  const Key = { pk: `${tenant}#customer#${event.pathParameters.id}`, sk: "customer" };
  const { Item } = await database.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item ? [200, shown(Item)] : [404, { error: "not_found" }];
}

async function search({ tenant }, event) {
  const email = JSON.parse(event.body).email.toLowerCase();
  const { Items: terms } = await database.send(
    new QueryCommand({
      TableName,
      IndexName: "email-index",
      KeyConditionExpression: "email = :email",
      ExpressionAttributeValues: { ":email": `${tenant}#${email}` },
      ScanIndexForward: false,
      Limit: 200,
    }),
  );
  const Keys = [...new Set(terms.map(({ pk }) => pk))].map((pk) => ({ pk, sk: "customer" }));
  if (Keys.length === 0) return [200, []];
  const { Responses } = await database.send(
    new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
  );
  return [200, Responses[TableName].map(shown)];
}

async function create({ tenant }, event) {
  const { email, phone, ...profile } = JSON.parse(event.body);
  const pk = `${tenant}#customer#${randomUUID()}`;
  const at = Date.now();
  const digits = `+1${phone.replace(/\D/g, "")}`;
  const change = { at, by: {} };
  const identifiers = [
    { role: "email", value: email, normal: email.toLowerCase() },
    { role: "phone", value: phone, normal: digits },
  ];
  const items = [
    { pk, sk: "customer", version: 1, profile, identifiers, custom: {}, created: change, updated: change },
    { pk, sk: `audit#${at}#1`, at, action: "create" },
    { pk: `${tenant}#once#${randomUUID()}`, sk: "once", customer: pk },
    { pk, sk: `term#email#${email}`, email: `${tenant}#${email}` },
    { pk, sk: `term#phone#${digits}`, phone: `${tenant}#${digits}` },
    ...Array.from({ length: 10 }, (_, n) => ({ pk, sk: `term#word#${n}`, term: `${tenant}#word#${n}`, token: `word${n}` })),
  ];
  await database.send(new TransactWriteCommand({ TransactItems: items.map((Item) => ({ Put: { TableName, Item } })) }));
  return [201, shown(items[0])];
}

const handlers = {
  "khoros-find-customer": find,
  "khoros-search-customers": search,
  "khoros-create-customer": create,
};

async function answer(event) {
  const grant = await admit(event);
  const [statusCode, body] = grant ? await handlers[process.env.ENDPOINT](grant, event) : [401, { error: "unauthorized" }];
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, method, path: `/2018-06-01/runtime/invocation/${path}`, agent }, (reply) => {
      const chunks = [];
      reply.on("data", (chunk) => chunks.push(chunk));
      reply.on("end", () => resolve({ headers: reply.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

(async () => {
  for (;;) {
    const { headers, text } = await ask("GET", "next");
    const result = await answer(JSON.parse(text));
    await ask("POST", `${headers["lambda-runtime-aws-request-id"]}/response`, JSON.stringify(result));
  }
})();
