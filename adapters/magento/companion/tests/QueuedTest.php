<?php
/** What an admin queued under a lease, on tables shaped as Magento's. */
declare(strict_types=1);

use EmergencyAccess\Broker\Site\Queued;
use Magento\Framework\Module\Manager;

$queue = static function (PdoDb $db): Queued {
    $shapes = [
        'magento_bulk' => 'uuid varbinary(39), user_id int, user_type int, start_time timestamp NULL',
        'magento_operation' => 'operation_key int, bulk_uuid varbinary(39), status smallint, result_message varchar(255)',
        'queue_message' => 'id int, body longtext',
        'queue_message_status' => 'message_id int, status smallint',
    ];
    foreach ($shapes as $name => $columns) {
        $db->write("DROP TABLE IF EXISTS {$db->table($name)}");
        $db->write("CREATE TABLE {$db->table($name)} ($columns)");
    }
    return new Queued($db, new Manager());
};
$add = static function (PdoDb $db, int $n, int $user, int $type, int $at, int $status): void {
    $db->write("INSERT INTO {$db->table('magento_bulk')} VALUES (?, ?, ?, FROM_UNIXTIME(?))", ["bulk-$n", $user, $type, $at]);
    $db->add('magento_operation', ['operation_key' => 0, 'bulk_uuid' => "bulk-$n", 'status' => $status, 'result_message' => '']);
    $db->add('queue_message', ['id' => $n, 'body' => '{"bulk_uuid":"bulk-' . $n . '"}']);
    $db->add('queue_message_status', ['message_id' => $n, 'status' => 2]);
};
$states = static fn (PdoDb $db): string => implode(' ', array_map(
    static fn (array $row): string => "{$row['status']}/{$row['message']}",
    $db->rows("SELECT o.status, s.status AS message FROM {$db->table('magento_operation')} o
        JOIN {$db->table('queue_message_status')} s ON o.bulk_uuid = CONCAT('bulk-', s.message_id) ORDER BY s.message_id")
));

return [
    'what was queued since the lease began is rejected and its message dropped; all else stays' => static function () use ($queue, $add, $states): void {
        $db = (new TestSite())->db;
        $queued = $queue($db);
        $add($db, 1, 7, 2, 1000, 4);
        $add($db, 2, 7, 2, 1000, 2);
        $add($db, 3, 7, 2, 999, 4);
        $add($db, 4, 8, 2, 1000, 4);
        $add($db, 5, 7, 1, 1000, 4);
        $add($db, 6, 7, 2, 1000, 1);
        $queued->cancel(7, 1000);
        same('5/7 5/7 4/2 4/2 4/2 1/2', $states($db));
        $queued->cancel(7, 1000);
        same('5/7 5/7 4/2 4/2 4/2 1/2', $states($db));
    },
];
