import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { isPageOf, pageRoutes } from '@/app/routes';
import { BackendBadge } from '@/panels/engine/BackendBadge';
import { changeLanguage } from '@/locales/i18n';
import { Icon, type IconName } from '@/ui/icons/icons';
import { languageName, languages, type Language } from '@/locales/languages';
import { Logo } from '@/ui/icons/Logo';
import classes from '@/app/App.module.css';

const schemeIcons = { light: 'sun', dark: 'moon', auto: 'monitor' } as const satisfies Record<
  string,
  IconName
>;
const schemes = ['light', 'dark', 'auto'] as const;

function ColorSchemeMenu() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={160} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('colorScheme.label')}>
          <Icon name={schemeIcons[colorScheme]} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map((scheme) => (
          <Menu.RadioItem
            key={scheme}
            value={scheme}
            checked={scheme === colorScheme}
            onChange={() => setColorScheme(scheme)}
            closeMenuOnClick
            rightSection={<Icon name={schemeIcons[scheme]} size={16} />}
          >
            {t(`colorScheme.${scheme}`)}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function LanguageMenu() {
  const { t, i18n } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const [missing, setMissing] = useState<Language | null>(null);
  // Open until the texts are there, so that it can say where they do not come.
  const change = async (language: Language): Promise<void> => {
    setMissing(null);
    const isThere = await changeLanguage(language);
    if (isThere) setIsOpen(false);
    else setMissing(language);
  };
  return (
    <Menu
      position="bottom-end"
      width={160}
      withinPortal
      opened={isOpen}
      onChange={(opened) => {
        setIsOpen(opened);
        setMissing(null);
      }}
    >
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('language.label')}>
          <Icon name="globe" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((language) => (
          <Menu.RadioItem
            key={language}
            lang={language}
            value={language}
            checked={language === i18n.language}
            onChange={() => void change(language)}
            closeMenuOnClick={false}
          >
            {languageName(language)}
          </Menu.RadioItem>
        ))}
        {missing !== null && (
          <Menu.Label role="alert">{t('language.missing', { language: languageName(missing) })}</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header() {
  const { t } = useTranslation();
  const [location] = useLocation();
  return (
    <header className={classes['header']}>
      <div className={classes['headerInner']}>
        <Link href="/" className={classes['logo']} aria-label={t('appName')}>
          <Logo />
          <span className={classes['logoName']}>{t('appName')}</span>
        </Link>
        <nav className={classes['nav']} aria-label={t('nav.label')}>
          {pageRoutes.map((route) => (
            <Link
              key={route.path}
              href={route.path}
              className={classes['navLink']}
              aria-current={isPageOf(route, location) ? 'page' : undefined}
            >
              {t(`nav.${route.label}`)}
            </Link>
          ))}
        </nav>
        <div className={classes['headerEnd']}>
          <span className={classes['wideOnly']}>
            <BackendBadge />
          </span>
          <LanguageMenu />
          <ColorSchemeMenu />
        </div>
      </div>
    </header>
  );
}
