/** The pad to draw on, with undo and clear; mouse, finger, pen and keyboard. */
import { Button, VisuallyHidden } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { drawingActions, isEmptyDrawing, useDrawing } from '@/session/drawing';
import { canvasSize, paintPad } from '@/panels/drawing/drawCanvas';
import { isMnist } from '@/model/dataSet';
import { useClassName, useShownData } from '@/panels/data/useShownData';
import { Icon } from '@/ui/icons/icons';
import { usePadKeyboard } from '@/panels/drawing/usePadKeyboard';
import { usePadPointer } from '@/panels/drawing/usePadPointer';
import classes from '@/panels/drawing/DrawingPad.module.css';

export interface DrawingPadProps {
  /** The small form leaves the explanations to screen readers. */
  readonly isCompact?: boolean;
}

export function DrawingPad({ isCompact = false }: DrawingPadProps) {
  const { t } = useTranslation('draw');
  const nameOf = useClassName();
  const data = useShownData();
  const hintId = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const state = useDrawing((drawing) => drawing);
  const isEmpty = isEmptyDrawing(state);
  const pointer = usePadPointer(canvas);
  const keyboard = usePadKeyboard();
  // The pen's mark helps the keyboard and would be in the way of everybody else.
  const [usesKeyboard, setUsesKeyboard] = useState(false);
  const cursor = usesKeyboard ? keyboard.cursor : null;

  useEffect(() => {
    if (canvas.current !== null) paintPad(canvas.current, state, cursor);
  }, [state, cursor]);

  return (
    <div className={classes['root']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        className={classes['paper']}
        data-testid="drawing-pad"
        // A pen plotter takes all keys itself, which is what the role tells assistive technology.
        role="application"
        aria-label={t('pad.label')}
        aria-describedby={hintId}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        {...pointer}
        onKeyDown={(event) => {
          if (keyboard.onKeyDown(event)) setUsesKeyboard(true);
        }}
        onFocus={(event) => setUsesKeyboard(event.currentTarget.matches(':focus-visible'))}
        onPointerEnter={() => setUsesKeyboard(false)}
        onBlur={() => {
          setUsesKeyboard(false);
          keyboard.lift();
        }}
      >
        <canvas
          ref={canvas}
          width={canvasSize}
          height={canvasSize}
          className={classes['canvas']}
          aria-hidden="true"
        />
        {isEmpty && !usesKeyboard && (
          <div className={classes['placeholder']} aria-hidden="true">
            <Icon name="pencil" size={22} />
            {t(isMnist(data) ? 'pad.placeholder' : 'pad.placeholderOther')}
          </div>
        )}
      </div>
      <div className={classes['bar']}>
        <span className={classes['caption']}>
          {state.sample === null
            ? isCompact
              ? ''
              : t('pad.penHint')
            : state.sample.label === null
              ? t('pad.changed')
              : t('pad.sample', { index: String(state.sample.index), label: nameOf(state.sample.label) })}
        </span>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="undo" size={15} />}
          disabled={isEmpty}
          onClick={drawingActions.undo}
        >
          {t('pad.undo')}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="trash" size={15} />}
          disabled={isEmpty}
          onClick={drawingActions.clear}
        >
          {t('pad.clear')}
        </Button>
      </div>
      <p id={hintId} className={isCompact ? classes['hiddenHint'] : classes['hint']}>
        <Icon name="keyboard" size={16} />
        <span>{t('pad.keyboardHint')}</span>
      </p>
      <VisuallyHidden aria-live="polite">
        {usesKeyboard ? t(keyboard.cursor.isDown ? 'pad.penDown' : 'pad.penUp') : ''}
      </VisuallyHidden>
    </div>
  );
}
