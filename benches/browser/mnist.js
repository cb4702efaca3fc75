// The site's MNIST: gzipped safetensors with 16 levels of grey.

/** `grey` holds `count` images of 784 pixels, 0 to 15. */
export async function images() {
  const packed = await fetch("/data/mnist.bin");
  if (!packed.ok) throw new Error(`data/mnist.bin: ${packed.status}`);
  const plain = await new Response(packed.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const length = Number(new DataView(plain).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 8, length)));
  const { shape, data_offsets: [from] } = header.train_images;
  return { grey: new Uint8Array(plain, 8 + length + from, shape[0] * 784), count: shape[0] };
}
