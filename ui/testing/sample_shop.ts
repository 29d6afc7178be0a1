import type { Shop } from "../shop.ts";

export const sampleShop: Shop = {
  name: "PayFlow 상점",
  description: "개발자를 위한 도구를 파는 작은 상점",
  en: { name: "PayFlow shop", description: "A small shop for developers' tools" },
  business: {
    companyName: "페이플로우 견본상점",
    representative: "홍길동",
    registrationNumber: "000-00-00000",
    mailOrderNumber: "제2026-서울견본-0000호",
    address: "서울특별시 견본구 견본로 1",
    phone: "02-0000-0000",
    email: "help@shop.example",
    hostingProvider: "페이플로우 견본호스팅",
  },
  purchaseSafety: { provider: "토스페이먼츠", url: "https://escrow.example/shop" },
  links: { terms: "/terms", privacy: "/privacy", refunds: "/refunds" },
  products: [
    {
      productId: "dev-tool",
      en: { name: "Premium developer tool", description: "A year of commands that save you a day" },
      name: "프리미엄 개발자 도구",
      description: "하루를 아껴 주는 명령 모음 1년 이용권",
      unitPrice: 1000,
      currency: "KRW",
    },
    {
      productId: "keycaps",
      en: { name: "Blank keycap set", description: "PBT, 104 keys" },
      name: "무각 키캡 세트",
      description: "PBT, 104키",
      unitPrice: 39000,
      currency: "KRW",
    },
    {
      productId: "stickers",
      en: { name: "10 commit stickers", description: "Waterproof stickers for your laptop" },
      name: "커밋 스티커 10장",
      description: "노트북에 붙이는 방수 스티커",
      unitPrice: 4500,
      currency: "KRW",
    },
  ],
};
