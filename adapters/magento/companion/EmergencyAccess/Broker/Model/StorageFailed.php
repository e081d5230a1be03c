<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The database could not be read or written; the broker is answered 500 and takes nothing for granted. */
class StorageFailed extends \RuntimeException
{
}
