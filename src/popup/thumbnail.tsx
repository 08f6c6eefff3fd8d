/** A small picture to recognise an image by; never fetched again, only drawn from bytes in hand. */
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../ui/icons.tsx';

/** The picture in `bytes` (WebP), or a placeholder. Its URL is revoked when the row goes. */
export function Thumbnail({ bytes }: { bytes: Uint8Array | null }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!bytes) return setUrl(null);
    const made = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'image/webp' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes]);
  return (
    <span class="thumbnail">
      {url === null ? <Icon name="picture" sizePx={20} /> : <img src={url} alt="" draggable={false} />}
    </span>
  );
}
