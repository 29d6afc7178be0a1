import { moneyMutations } from "./money_mutations.ts";
import type { Mutation } from "./mutation.ts";
import { storageMutations } from "./storage_mutations.ts";

export const mutations: readonly Mutation[] = [
  ...storageMutations,
  ...moneyMutations,
];
