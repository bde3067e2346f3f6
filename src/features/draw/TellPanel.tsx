/** "Wrong? Tell it": keeps the drawing with the label that a person gives it. */
import { Anchor, Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ownDrawings, useOwnDrawings } from '@/session/ownDrawings';
import { useDrawingImage } from '@/panels/drawing/useDrawingImage';
import { useDrawingsOf } from '@/panels/data/useDrawingsOf';
import { useClassName, useShownData } from '@/panels/data/useShownData';
import classes from '@/features/draw/DrawView.module.css';

export function TellPanel() {
  const { t } = useTranslation('data');
  const data = useShownData();
  const nameOf = useClassName();
  const { isEmpty, pixels } = useDrawingImage();
  const mine = useDrawingsOf(data.sha256);
  const isPersistent = useOwnDrawings((state) => state.isPersistent);
  const isFull = useOwnDrawings((state) => state.isFull);
  /** The drawing that was kept last, as long as it is the one on the pad. */
  const [kept, setKept] = useState<{ readonly id: string; readonly pixels: ArrayLike<number> } | null>(null);
  const isOnPad = kept !== null && kept.pixels === pixels;
  const label = mine.find(({ id }) => isOnPad && id === kept.id)?.label;
  const tell = async (as: number): Promise<void> => {
    if (isOnPad && label !== undefined) {
      await ownDrawings.relabel(kept.id, as);
      return;
    }
    const images = Uint8Array.from(pixels);
    const [id] = await ownDrawings.keep(data.sha256, { images, labels: Uint8Array.of(as) });
    if (id !== undefined) setKept({ id, pixels });
  };
  return (
    <div className={classes['tell']} data-testid="tell">
      <p className={classes['note']}>{t('tell.label')}</p>
      <div className={classes['labels']}>
        {data.classNames.map((name, one) => (
          <Button
            key={name}
            size="compact-sm"
            variant={label === one ? 'light' : 'default'}
            disabled={isEmpty}
            aria-pressed={label === one}
            aria-label={t('tell.as', { name })}
            onClick={() => void tell(one)}
          >
            {name}
          </Button>
        ))}
      </div>
      <output className={classes['told']}>
        {label !== undefined && (
          <>
            <span>{t('tell.kept', { name: nameOf(label) })}</span>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                if (kept !== null) void ownDrawings.remove([kept.id]);
                setKept(null);
              }}
            >
              {t('tell.undo')}
            </Button>
          </>
        )}
        {mine.length > 0 && (
          <Anchor component={Link} href="/data" size="sm">
            {t('tell.all', { count: mine.length })}
          </Anchor>
        )}
      </output>
      {isFull && (
        <p className={classes['note']} role="alert">
          {t('tell.failed')}
        </p>
      )}
      {!isPersistent && <p className={classes['note']}>{t('tell.notKept')}</p>}
    </div>
  );
}
