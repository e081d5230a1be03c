<?php
/** Empty tables and two admins: php hire.php DSN. */
declare(strict_types=1);

require __DIR__ . '/../../../../adapters/magento/companion/tests/autoload.php';

$db = new PdoDb($argv[1]);
$db->build(SCHEMA);
$shop = new Shop($db, '', MODULE);
$shop->build();
$shop->hire('clerk');
$shop->hire('owner');
