/** Methods that ask for nothing to be changed, so that asking twice is asking once (RFC 9110, 9.2.1 and 9.2.2). */
const SAFE_REQUEST = /^(?:GET|HEAD|OPTIONS) [!-~]+ HTTP\/1\.[01]\r\n/;
/** What announces a body. */
const BODY = /\r\n(?:content-length:(?![ \t]*0[ \t]*\r\n)|transfer-encoding:)/i;
const END = '\r\n\r\n';

/**
 * Whether what a client has sent is one whole HTTP/1 request, and no more, that may be sent again while nothing was
 * answered to it: what RFC 9110, 9.2.2 allows a proxy. Pure.
 */
export function isRepeatableRequest(sent: readonly Buffer[]): boolean {
  const text = Buffer.concat(sent).toString('latin1');
  return (
    text.endsWith(END) && text.indexOf(END) === text.length - END.length && SAFE_REQUEST.test(text) && !BODY.test(text)
  );
}
