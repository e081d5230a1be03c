<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What lets an account in, and what it left behind to be done. */
interface Sessions
{
    /** Sign the account out everywhere and refuse its tokens. */
    public function end(string $login): void;

    /** What it queued since `$since` (seconds since 1970) and has not been done yet. */
    public function cancelQueued(string $login, int $since): void;

    /** Tokens handed out before a lease began never inherit it. */
    public function refuseTokens(string $login): void;
}
