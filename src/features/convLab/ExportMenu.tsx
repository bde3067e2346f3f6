/** Link, picture and animation of the lab. */
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { stageLength } from '@/features/convLab/convLabDerived';
import { withStep } from '@/features/convLab/convLabEdits';
import { speeds } from '@/features/convLab/convLabState';
import { lab } from '@/features/convLab/convLabStore';
import { Icon } from '@/ui/icons/icons';
import { frameSteps, gifOf } from '@/features/convLab/exportFiles';
import { sceneSvg, type SceneTexts } from '@/features/convLab/exportScene';
import { useAnnouncement } from '@/features/convLab/useAnnouncement';
import { labAddress } from '@/features/convLab/useLabLink';
import { download } from '@/ui/export/download';
import { pngOf } from '@/ui/export/pictureFiles';
import { usePalette } from '@/ui/theme/usePalette';

type Notice = 'copied' | 'notCopied' | 'tooLarge' | 'failed';
const noticeTime = 4000;

/** Delay between the pictures of an animation, ms: the player's speed, within what viewers can show. */
function frameDelay(): number {
  const speed = speeds[lab.store.getState().speed] ?? 16;
  return Math.max(40, Math.min(1000, 1000 / speed));
}

export function ExportMenu() {
  const { t } = useTranslation('convLab');
  const palette = usePalette();
  const caption = useAnnouncement();
  const [notice, setNotice] = useState<Notice | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const texts: SceneTexts = {
    input: t('scale.input'),
    kernel: t('scale.kernel'),
    output: t('scale.output'),
    relu: 'ReLU',
    pool: t('stages.pool'),
    avgPool: t('stages.avgPool'),
    pointwise: t('stages.pointwise'),
    caption,
  };
  const say = (next: Notice): void => {
    setNotice(next);
    setTimeout(() => setNotice(null), noticeTime);
  };
  const copyLink = async (): Promise<void> => {
    const address = labAddress();
    if (address === null) return say('tooLarge');
    window.history.replaceState(window.history.state, '', address);
    try {
      await navigator.clipboard.writeText(address);
      say('copied');
    } catch {
      say('notCopied');
    }
  };
  const save = async (kind: 'svg' | 'png' | 'gif'): Promise<void> => {
    const { document } = lab.store.getState();
    try {
      if (kind === 'gif') {
        setProgress(0);
        const steps = frameSteps(stageLength(document));
        const frame = (index: number): string =>
          sceneSvg(withStep(document, steps[index] ?? 0), palette, texts);
        const file = await gifOf(steps.length, frame, frameDelay(), setProgress);
        download(`conv-lab-${document.stage}.gif`, file, file.type);
      } else {
        const source = sceneSvg(document, palette, texts);
        if (kind === 'svg') download(`conv-lab-${document.stage}.svg`, source, 'image/svg+xml');
        else download(`conv-lab-${document.stage}.png`, await pngOf(source), 'image/png');
      }
    } catch {
      say('failed');
    } finally {
      setProgress(null);
    }
  };
  return (
    <>
      <output aria-live="polite" data-notice>
        {notice !== null && t(`export.${notice}`)}
        {progress !== null && t('export.progress', { percent: Math.round(progress * 100) })}
      </output>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<Icon name="download" size={16} />}>
            {t('export.title')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void copyLink()}>{t('export.link')}</Menu.Item>
          <Menu.Item onClick={() => void save('png')}>{t('export.png')}</Menu.Item>
          <Menu.Item onClick={() => void save('svg')}>{t('export.svg')}</Menu.Item>
          <Menu.Item disabled={progress !== null} onClick={() => void save('gif')}>
            {t('export.gif')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
