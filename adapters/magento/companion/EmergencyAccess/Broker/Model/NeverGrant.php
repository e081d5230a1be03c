<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * What no lease may give, whoever signed it: people, settings, keys, other systems,
 * everything at once, and whatever is as good as code (templates, themes, layout).
 */
final class NeverGrant
{
    private const MODULES = '/\A(EmergencyAccess_Broker|Magento_(User|Integration|Config|Webapi|Backup|EncryptionKey'
        . '|TwoFactorAuth|LoginAsCustomer[A-Za-z]*|[A-Za-z]*ImportExport|AdobeIms|Email|Theme|Widget|Variable))::/i';

    /** Sections of the settings hang below Magento_Config::config, under the names of many modules. */
    private const SETTINGS = '/::config(uration)?(_|\z)/i';

    private const NAMES = '/\AMagento_(Backend::(all|stores_settings|store|setup_wizard|extensions|local|custom|convert|design|schedule)'
        . '|Newsletter::template|GraphQlServer::admin_graphql)\z/i';

    /** Layout is code: a page's, a product's, a category's. */
    private const LAYOUT = '/_design\z/i';

    public static function forbids(string $resource): bool
    {
        return preg_match(self::MODULES, $resource) === 1
            || preg_match(self::SETTINGS, $resource) === 1
            || preg_match(self::NAMES, $resource) === 1
            || preg_match(self::LAYOUT, $resource) === 1;
    }
}
