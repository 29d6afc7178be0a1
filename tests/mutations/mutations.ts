import { clientMutations } from "./client_mutations.ts";
import { consoleMutations } from "./console_mutations.ts";
import { databaseMutations } from "./db_mutations.ts";
import { kafkaMutations } from "./kafka_mutations.ts";
import { edgeMutations } from "./edge_mutations.ts";
import { integratorMutations } from "./integrator_mutations.ts";
import { moneyMutations } from "./money_mutations.ts";
import type { Mutation } from "./mutation.ts";
import { operatorMutations } from "./operator_mutations.ts";
import { paymentMutations } from "./payment_mutations.ts";
import { restoreMutations } from "./restore_mutations.ts";
import { settingsMutations } from "./settings_mutations.ts";
import { startMutations } from "./start_mutations.ts";
import { shopMutations } from "./shop_mutations.ts";
import { storageMutations } from "./storage_mutations.ts";
import { shopperMutations } from "./shopper_mutations.ts";
import { stormMutations } from "./storm_mutations.ts";
import { webhookMutations } from "./webhook_mutations.ts";

export const mutations: readonly Mutation[] = [
  ...storageMutations,
  ...databaseMutations,
  ...integratorMutations,
  ...moneyMutations,
  ...paymentMutations,
  ...startMutations,
  ...settingsMutations,
  ...stormMutations,
  ...shopMutations,
  ...edgeMutations,
  ...kafkaMutations,
  ...restoreMutations,
  ...operatorMutations,
  ...consoleMutations,
  ...webhookMutations,
  ...clientMutations,
  ...shopperMutations,
];
