<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Deed;
use EmergencyAccess\Broker\Site\Lending;
use Magento\Framework\App\FrontControllerInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\App\Response\Http as Page;
use Magento\Framework\Webapi\Rest\Response as Rest;

/** Writes down what a holder tried beside the lease. */
final class Denial
{
    private const REFUSED = [401, 403];

    public function __construct(private readonly Lending $lending, private readonly EventChain $events)
    {
    }

    public function afterDispatch(FrontControllerInterface $subject, mixed $response, RequestInterface $request): mixed
    {
        if ($this->isRefused($response)) {
            try {
                $this->record($request, time());
            } catch (StorageFailed) {
                return $response;
            }
        }
        return $response;
    }

    private function isRefused(mixed $response): bool
    {
        if ($response instanceof Rest) {
            $codes = array_map(static fn (\Exception $error): int => self::status($error), $response->getException());
            return [] !== array_intersect($codes, self::REFUSED);
        }
        return $response instanceof Page && in_array($response->getHttpResponseCode(), self::REFUSED, true);
    }

    private static function status(\Exception $error): int
    {
        return $error instanceof \Magento\Framework\Webapi\Exception ? $error->getHttpCode() : 0;
    }

    private function record(RequestInterface $request, int $now): void
    {
        $lease = $this->lending->leasesOfKnown($now)[0] ?? null;
        if (null !== $lease) {
            $path = (string) preg_replace('#(?<=/)[^A-Za-z/][^/]*#', ':id', $request->getPathInfo());
            $deed = new Deed(Deed::DENIED, $path, $path);
            $this->events->record($deed->kind, $lease->grant, $lease->account, $deed->facts(), $now);
        }
    }
}
