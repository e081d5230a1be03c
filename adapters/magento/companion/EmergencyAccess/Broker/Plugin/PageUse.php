<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\PageDeed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\App\ActionInterface;
use Magento\Framework\App\Request\Http;

/** Writes down an admin page before it is made; without that there is no page. */
final class PageUse
{
    public function __construct(private readonly Http $request, private readonly Uses $uses)
    {
    }

    public function beforeExecute(ActionInterface $subject): void
    {
        // A grid asks for its permission only while it is being made.
        $this->uses->settle(PageDeed::of($this->request), 'mui' === $this->request->getRouteName(), time());
    }
}
