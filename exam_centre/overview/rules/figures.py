"""The numbers whose change a timeline shows: column of the trail -> what it is called."""

from exam_centre.kernel.sentences import Sentence, say

FIGURES: dict[str, Sentence] = {
    "score": say("Mark"),
    "final_score": say("Final part"),
    "formative_score": say("Formative part"),
    "credits": say("Credits"),
    "extra_percent": say("Extra time in percent"),
    "minutes_late": say("Minutes late"),
    "station": say("Station"),
    "similarity": say("Similarity in percent"),
    "declared": say("Counted by the packer"),
    "sender_count": say("Counted by the sender"),
    "receiver_count": say("Counted by the receiver"),
    "used": say("Papers used"),
    "spare": say("Papers spare"),
    "damaged": say("Papers damaged"),
    "first_count": say("First count of scripts"),
    "second_count": say("Second count of scripts"),
}
