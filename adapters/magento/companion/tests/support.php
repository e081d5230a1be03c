<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Refusal;

function dsn(): string
{
    return $GLOBALS['argv'][1];
}

/** @return array<string,mixed> */
function vectors(string $name): array
{
    return json_decode((string) file_get_contents(__DIR__ . "/../../../../tests/vectors/$name.json"), true);
}

function same(mixed $expected, mixed $found): void
{
    if ($expected !== $found) {
        throw new RuntimeException('expected ' . json_encode($expected) . ', found ' . json_encode($found));
    }
}

/** 'ok', or the reason of the refusal. */
function verdict(callable $act): string
{
    try {
        $act();
    } catch (Refusal $refusal) {
        return $refusal->getMessage();
    }
    return 'ok';
}
