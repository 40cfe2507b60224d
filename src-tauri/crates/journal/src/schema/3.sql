-- Facts of withdrawing payments with a reason, and several at once; facts about the people who work at
-- the till, and who of them asked for what and who approved it; readings and answers that name acts
-- (the provider's name of a refund); money that goes back to a card without a payment. An older till must not open what it would misread.
--
-- A refund may take its bank days, so a payment that is over and has one under way is found however
-- many came after it.
CREATE INDEX payment_acting ON payment (seq)
WHERE is_open = 0
    AND json_extract(body, '$.acts[#-1].progress.kind') IN ('asked', 'accepted', 'lost');
