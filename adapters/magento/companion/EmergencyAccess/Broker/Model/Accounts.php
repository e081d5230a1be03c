<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The site's admin accounts, by login, spelled exactly as the site spells it. */
interface Accounts
{
    public function exists(string $login): bool;

    /** @return string[] Every login, active or not. */
    public function logins(): array;

    /** False when it was inactive already. */
    public function switchOff(string $login): bool;

    public function switchOn(string $login): void;

    /** Tokens that let the account in without its password; for '*' those of every integration but the broker's own. */
    public function deleteApiKeys(string $login): int;

    /**
     * Who could get in at this moment.
     *
     * @return array<int,array{account:string,roles:string[],sessions:int,application_passwords:int,api_keys:int}>
     */
    public function standing(): array;

    /** @return string[] Words: unknown_account, inactive, locked, expired, password_old, no_second_factor, no_role. */
    public function readiness(string $login): array;
}
