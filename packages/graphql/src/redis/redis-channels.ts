import type { Redis } from 'ioredis';

/** Redis' publish and subscribe, for one process. What is said while a listener's connection is gone does not reach it. */
export interface RedisChannels {
  /** Says something, and does not wait for it to be said. */
  publish(channel: string, message: string): void;
  /** Settles when what is said from now on is heard. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  /** Calls back with whatever is said on the channels that are subscribed to. */
  onMessage(listener: (channel: string, message: string) => void): void;
  /** Calls back when the connection is there again, with all its subscriptions. */
  onReconnected(listener: () => void): void;
}

/** A connection that subscribes can do nothing else, so it takes two. */
export function createRedisChannels({
  publisher,
  subscriber,
}: {
  readonly publisher: Redis;
  readonly subscriber: Redis;
}): RedisChannels {
  const silently = (): void => undefined;
  let connections = 0;
  const reconnected = new Set<() => void>();
  subscriber.on('ready', () => {
    connections += 1;
    if (connections === 1) return;
    // It subscribes again by itself first; what is sent behind that is answered after it.
    subscriber.ping().then(() => {
      for (const listener of reconnected) listener();
    }, silently);
  });
  return {
    publish(channel, message) {
      publisher.publish(channel, message).catch(silently);
    },
    async subscribe(channel) {
      await subscriber.subscribe(channel);
    },
    unsubscribe(channel) {
      subscriber.unsubscribe(channel).catch(silently);
    },
    onMessage(listener) {
      subscriber.on('message', listener);
    },
    onReconnected(listener) {
      reconnected.add(listener);
    },
  };
}
