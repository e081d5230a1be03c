<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What goes back to the broker: an HTTP status and a JSON object. It must never be stored on the way. */
final class Reply
{
    /** @param array<string,mixed> $body */
    public function __construct(public readonly int $status, public readonly array $body)
    {
    }

    public static function refusal(string $reason, int $status, int $now): self
    {
        return new self($status, [
            'code' => $reason,
            'message' => 'The emergency access companion refuses the call.',
            'data' => ['status' => $status, 'site_time' => $now],
        ]);
    }

    public function json(): string
    {
        return json_encode($this->body, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
    }
}
