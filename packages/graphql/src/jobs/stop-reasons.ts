/** Why a running job was told to stop: someone canceled it. */
export class JobCanceled extends Error {
  override readonly name = 'JobCanceled';
}

/** Why a running job was told to stop: the gateway goes down. */
export class GatewayClosing extends Error {
  override readonly name = 'GatewayClosing';
}

/** Why a running job was told to stop: it was silent for so long that another worker has taken it up. */
export class RunReplaced extends Error {
  override readonly name = 'RunReplaced';
}
