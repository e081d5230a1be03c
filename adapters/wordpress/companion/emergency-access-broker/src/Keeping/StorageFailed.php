<?php
namespace EmergencyAccess\Keeping;

/** The site's database did not do as asked; whatever was being granted is not granted. */
final class StorageFailed extends \RuntimeException {
}
