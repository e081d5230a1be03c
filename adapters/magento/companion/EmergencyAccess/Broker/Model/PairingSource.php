<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Where the pairing stands: a file of the site's, never its database, so that whoever edits that cannot swap the key. */
interface PairingSource
{
    /** @throws Refusal pairing_missing or bad_pairing. */
    public function pairing(): Pairing;
}
