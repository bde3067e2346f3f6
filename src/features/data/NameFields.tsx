/** What a data set and its classes are called. */
import { Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ReactNode } from 'react';
import { classNamesSchema, dataNameSchema, type DataSpec } from '@/model/dataSet';
import * as v from 'valibot';
import { usualIds, usualNames } from '@/features/data/usualNames';
import classes from '@/features/data/data.module.css';

export type Names = Pick<DataSpec, 'name' | 'classNames'>;

/** The names without spaces around them; null where they do not do. */
export function cleanNames({ name, classNames }: Names): Names | null {
  const set = v.safeParse(dataNameSchema, name);
  const ofClasses = v.safeParse(classNamesSchema, classNames);
  return set.success && ofClasses.success ? { name: set.output, classNames: ofClasses.output } : null;
}

export interface NameFieldsProps {
  readonly names: Names;
  readonly onChange: (names: Names) => void;
  /** Beside the name of each class. */
  readonly beside?: readonly ReactNode[];
}

export function NameFields({ names, onChange, beside }: NameFieldsProps) {
  const { t } = useTranslation('data');
  const { name, classNames } = names;
  const isGood = cleanNames(names) !== null;
  return (
    <div className={classes['names']}>
      <div className={classes['row']}>
        <TextInput
          size="sm"
          label={t('names.set')}
          value={name}
          maxLength={60}
          className={classes['setName']}
          onChange={(event) => onChange({ name: event.currentTarget.value, classNames })}
        />
        {classNames.length === 10 && (
          <Select
            size="sm"
            label={t('names.usual')}
            placeholder="–"
            value={usualIds.find((id) => usualNames[id].join('\n') === classNames.join('\n')) ?? null}
            data={usualIds.map((id) => ({ value: id, label: t(`names.${id}`) }))}
            onChange={(id) => {
              const chosen = usualIds.find((one) => one === id);
              if (chosen === undefined) return;
              const isUnnamed = name === '' || name === t('names.unnamed');
              onChange({
                name: isUnnamed && chosen !== 'digits' ? t(`names.${chosen}`) : name,
                classNames: [...usualNames[chosen]],
              });
            }}
          />
        )}
      </div>
      <ul className={classes['classes']}>
        {classNames.map((className, label) => (
          // oxlint-disable-next-line react/no-array-index-key -- the label is what identifies a class
          <li key={label} className={classes['class']}>
            <TextInput
              size="xs"
              aria-label={t('names.ofClass', { label: String(label) })}
              value={className}
              maxLength={60}
              onChange={(event) =>
                onChange({ name, classNames: classNames.with(label, event.currentTarget.value) })
              }
            />
            {beside?.[label]}
          </li>
        ))}
      </ul>
      {!isGood && (
        <p className={classes['problem']} role="alert">
          {t('names.problem')}
        </p>
      )}
    </div>
  );
}
