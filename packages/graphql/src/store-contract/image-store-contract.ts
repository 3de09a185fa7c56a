import assert from 'node:assert/strict';
import { newId } from '../jobs/new-id.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { ContractCase } from './contract-case.ts';
import { imageRecord, jobRecord } from './records.ts';

function image(length = 1_000) {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
  return { bytes, record: imageRecord(jobRecord(), bytes) };
}

async function collect<Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function idsOf(store: ImageStore): Promise<ReadonlySet<string>> {
  return new Set(await collect(store.ids()));
}

/** What every image store keeps, on disk or in an object store. */
export const imageStoreContract: readonly ContractCase<ImageStore>[] = [
  {
    promise: 'an image is found again, byte by byte, with its record, also after a restart',
    check: async (open) => {
      const { record, bytes } = image();
      await open().put(record, bytes);
      const found = await open().open(record.id);
      assert.deepEqual(found?.record, record);
      assert.deepEqual(Buffer.from((await found?.bytes()) ?? []), Buffer.from(bytes));
    },
  },
  {
    promise: 'an image can be read piece by piece',
    check: async (open) => {
      const store = open();
      const { record, bytes } = image(300_000);
      await store.put(record, bytes);
      const pieces = await collect((await (await store.open(record.id))?.stream()) ?? []);
      assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes));
    },
  },
  {
    promise: 'an id that is not there, or no id at all, is no error',
    check: async (open) => {
      const store = open();
      for (const id of [newId('img'), '', '..', '../../etc/passwd', 'img_', 'img_'.padEnd(300, 'a')]) {
        assert.equal(await store.open(id), undefined);
        await store.delete(id);
      }
    },
  },
  {
    promise: 'a deleted image is gone, and the others stay',
    check: async (open) => {
      const store = open();
      const [one, other] = [image(), image()];
      for (const { record, bytes } of [one, other]) await store.put(record, bytes);
      await store.delete(one.record.id);
      assert.equal(await store.open(one.record.id), undefined);
      assert.deepEqual((await store.open(other.record.id))?.record, other.record);
      assert.deepEqual(await idsOf(store), new Set([other.record.id]));
    },
  },
  {
    promise: 'lists what it holds, also when that is nothing',
    check: async (open) => {
      const store = open();
      assert.deepEqual(await idsOf(store), new Set());
      const images = [image(), image()];
      for (const { record, bytes } of images) await store.put(record, bytes);
      assert.deepEqual(await idsOf(store), new Set(images.map(({ record }) => record.id)));
    },
  },
  {
    promise: 'putting the same image twice is putting it once',
    check: async (open) => {
      const store = open();
      const { record, bytes } = image();
      await Promise.all([store.put(record, bytes), store.put(record, bytes)]);
      assert.equal((await idsOf(store)).size, 1);
      assert.deepEqual(Buffer.from((await (await store.open(record.id))?.bytes()) ?? []), Buffer.from(bytes));
    },
  },
  {
    promise: 'an address that it gives out, where it does, leads to the bytes, and goes with the image',
    check: async (open) => {
      const store = open();
      if (store.address === undefined) return;
      assert.equal(await store.address(newId('img')), undefined);
      const { record, bytes } = image();
      await store.put(record, bytes);
      const address = await store.address(record.id);
      assert.deepEqual(address?.record, record);
      const answer = await fetch(address?.url ?? '');
      assert.equal(answer.status, 200);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(bytes));
      await store.delete(record.id);
      assert.equal(await store.address(record.id), undefined);
      assert.equal((await fetch(address?.url ?? '')).ok, false);
    },
  },
  {
    promise: 'says that it can be written to',
    check: async (open) => {
      await open().check();
    },
  },
];
