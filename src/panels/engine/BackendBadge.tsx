/** In the header: what computes, by the name people know it by. */
import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/session/session';
import { useDeviceText } from '@/ui/text/deviceText';
import classes from '@/panels/engine/BackendBadge.module.css';

/** A device such as `WebAssembly, SIMD` repeats its backend's name, which stands before it. */
const withoutName = (device: string, name: string): string =>
  device.startsWith(name) ? device.slice(name.length).replace(/^(?:, |，)/, '') : device;

export function BackendBadge() {
  const { t } = useTranslation();
  const deviceText = useDeviceText();
  const state = useSession((session) => session.backend);
  if (state.kind !== 'ready') {
    return (
      <span className={classes['badge']} data-state={state.kind} data-testid="backend-badge">
        <span className={classes['dot']} />
        {t(state.kind === 'probing' ? 'backend.probing' : 'backend.failed')}
      </span>
    );
  }
  const { backend, isSoftware } = state.backend;
  const device = deviceText(state.backend.device);
  const name = t(`backend.names.${backend}`);
  const short = withoutName(device, name);
  return (
    <Tooltip label={t('backend.runsOn', { device })}>
      <span
        className={classes['badge']}
        data-state="ready"
        data-testid="backend-badge"
        data-backend={backend}
      >
        <span className={classes['dot']} />
        <span className={classes['name']}>{name}</span>
        <span className={classes['device']}>
          {isSoftware ? `${short} (${t('backend.software')})` : short}
        </span>
      </span>
    </Tooltip>
  );
}
