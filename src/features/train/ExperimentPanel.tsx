/** What to train: a quick start, a run that people know or one of the report's with its result beside it, or own settings. */
import { Button, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { withData } from '@/model/dataSet';
import { hyperparameter } from '@/model/hyperparameters';
import { knownPresets } from '@/model/knownPresets';
import { fixedConfig, type Measurement, type Preset, presets } from '@/model/presets';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { reportLabPath } from '@/session/labPath';
import { session, useSession } from '@/session/session';
import { HyperparameterField } from '@/features/train/HyperparameterField';
import { KnownNotes } from '@/features/train/KnownNotes';
import { PresetResult } from '@/features/train/PresetResult';
import { quickPresets } from '@/features/train/quickPresets';
import { DataSelect } from '@/panels/data/DataSelect';
import { dropTypedText } from '@/features/train/typedFields';
import { Panel } from '@/ui/layout/Panel';
import { presets as texts } from '@/locales/en/presets';
import classes from '@/features/train/settings.module.css';

const customId = 'custom';
type TextId = Exclude<
  keyof typeof texts,
  'learning_rate_not_given' | 'opening_layers_not_given' | 'learning_rate_tiny' | 'convolution_check'
>;

const isTextId = (id: string): id is TextId => id in texts;
const everyPreset: readonly { readonly id: string; readonly config: RunConfig }[] = [
  ...quickPresets,
  ...knownPresets,
  ...presets,
];

function loadPreset(config: RunConfig): void {
  // On the data that is chosen: what a preset came to on MNIST is then no measure.
  session.actions.loadPreset(withData(config, session.store.getState().draft.data));
  dropTypedText();
}

/** The preset that the settings are, whatever the seed. */
function presetIdOf(draft: RunConfig): string {
  return (
    everyPreset.find(({ config }) => sameConfig(withData({ ...config, seed: draft.seed }, draft.data), draft))
      ?.id ?? customId
  );
}

function ReportNotes({ preset }: { readonly preset: Preset }) {
  const { t } = useTranslation('train');
  const { t: text } = useTranslation('presets');
  const fixed = fixedConfig(preset);
  const pytorch = preset.pytorch.at(-1);
  const caveats = preset.fix?.caveats ?? [];
  const whenOf = ({ unit, after }: Measurement): string =>
    t(unit === 'epoch' ? 'picker.afterEpochs' : 'picker.afterSteps', { count: after });
  return (
    <>
      <dl className={classes['results']}>
        <PresetResult
          name={t('picker.report')}
          when={
            preset.report.after < preset.config.epochs
              ? t('picker.bestEpoch', { count: preset.report.after })
              : whenOf(preset.report)
          }
          accuracy={preset.report.accuracy}
        />
        {pytorch !== undefined && (
          <PresetResult name={t('picker.pytorch')} when={whenOf(pytorch)} accuracy={pytorch.accuracy} />
        )}
      </dl>
      {preset.assumptions.map((code) => (
        <p key={code} className={classes['text']}>
          {text(code)}
        </p>
      ))}
      {fixed !== null && (
        <Button className={classes['fix']} size="xs" variant="light" onClick={() => loadPreset(fixed)}>
          {t('picker.useFix')}
        </Button>
      )}
      {caveats.map((code) => (
        <p key={code} className={classes['text']}>
          {text(code)}
        </p>
      ))}
    </>
  );
}

function usePickerData(current: string) {
  const { t } = useTranslation('train');
  const { t: text } = useTranslation('presets');
  const item = ({ id }: { readonly id: string }) => ({
    value: id,
    label: isTextId(id) ? text(`${id}.name`) : id,
  });
  return [
    { group: t('picker.quickGroup'), items: quickPresets.map(item) },
    { group: t('picker.knownGroup'), items: knownPresets.map(item) },
    { group: t('picker.reportGroup'), items: presets.map(item) },
    ...(current === customId ? [{ value: customId, label: t('picker.custom') }] : []),
  ];
}

/** Each of the report's runs is one click away, and so is what they gave. */
function PresetList({ current }: { readonly current: string }) {
  const { t } = useTranslation('train');
  const { t: text } = useTranslation('presets');
  return (
    <nav aria-label={t('picker.list')}>
      <ul className={classes['presets']}>
        {presets.map(({ id, config }) => (
          <li key={id}>
            <Button
              size="compact-xs"
              variant={id === current ? 'light' : 'default'}
              aria-pressed={id === current}
              onClick={() => loadPreset(config)}
            >
              {isTextId(id) ? text(`${id}.name`) : id}
            </Button>
          </li>
        ))}
        <li>
          <Link href={reportLabPath} className={classes['link']}>
            {text('convolution_check.name')}
          </Link>
        </li>
        <li>
          <Link href="/report" className={classes['link']}>
            {t('picker.all')}
          </Link>
        </li>
      </ul>
    </nav>
  );
}

export function ExperimentPanel() {
  const { t } = useTranslation('train');
  const { t: text } = useTranslation('presets');
  const draft = useSession((state) => state.draft);
  const current = presetIdOf(draft);
  const data = usePickerData(current);
  const preset = presets.find(({ id }) => id === current);
  const known = knownPresets.find(({ id }) => id === current);
  const isOnMnist = draft.data === undefined;
  return (
    <Panel title={t('picker.title')}>
      <div className={classes['stack']}>
        <Select
          size="sm"
          label={t('picker.preset')}
          data={data}
          value={current}
          allowDeselect={false}
          // All of it: a list that scrolls would have to take the focus.
          maxDropdownHeight={600}
          data-testid="preset-select"
          onChange={(id) => {
            const chosen = everyPreset.find((candidate) => candidate.id === id);
            if (chosen !== undefined) loadPreset(chosen.config);
          }}
        />
        <PresetList current={current} />
        <HyperparameterField field={hyperparameter('network')} problem={null} />
        <DataSelect />
      </div>
      {isTextId(current) && <p className={classes['text']}>{text(`${current}.text`)}</p>}
      {/* What they came to is of MNIST. */}
      {isOnMnist && known !== undefined && <KnownNotes preset={known} />}
      {isOnMnist && preset !== undefined && <ReportNotes preset={preset} />}
    </Panel>
  );
}
