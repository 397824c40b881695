import { connect } from 'node:net';

/** Whether a TCP connection can be made within so many milliseconds. A refusal counts as no: nobody serves there. */
export function canConnect(address: string, port: number, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: milliseconds });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}
