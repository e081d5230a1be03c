<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Site\PageDeed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\App\ActionFlag;
use Magento\Framework\App\ActionInterface;
use Magento\Framework\App\Request\Http;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/** Writes down an admin page before it is made; without that there is no page. */
final class RecordPage implements ObserverInterface
{
    public function __construct(private readonly Uses $uses, private readonly ActionFlag $flags)
    {
    }

    public function execute(Observer $observer): void
    {
        $request = $observer->getEvent()->getData('request');
        // Whoever still owes the second factor is sent there, and opens nothing.
        if ($request instanceof Http && !$this->flags->get('', ActionInterface::FLAG_NO_DISPATCH)) {
            // A grid asks for its permission only while it is being made.
            $this->uses->settle(PageDeed::of($request), 'mui' === $request->getRouteName(), time());
        }
    }
}
