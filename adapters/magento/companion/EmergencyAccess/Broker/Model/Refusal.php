<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** A signed document or a call is not accepted; the message is the machine-readable reason. */
final class Refusal extends \RuntimeException
{
}
