<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The answer about one document of a batch; `grant` is the document's id, null when it could not be read. */
final class Verdict
{
    /** @return array{grant:?string,answer:string,reason:string} */
    public static function done(string $id): array
    {
        return ['grant' => $id, 'answer' => 'done', 'reason' => ''];
    }

    /** @return array{grant:?string,answer:string,reason:string} */
    public static function refused(?string $id, Refusal $refusal): array
    {
        return ['grant' => $id, 'answer' => 'refused', 'reason' => $refusal->getMessage()];
    }
}
