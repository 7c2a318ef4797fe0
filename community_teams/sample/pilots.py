"""One made-up pilot model whose text says that it is made up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from community_teams.pilots.domain.pilots import Contact, PilotText, State
from community_teams.pilots.models import Pilot
from community_teams.pilots.queries import pilot_figures_today
from foundation.accounts.models import Person
from foundation.areas.models import Area
from foundation.clock import day_in_vietnam

FORM = UUID("6d61752d-6d6f-4868-a068-646965752d31")
WRITER = "to-truong"
AGO = timedelta(days=7)
TEXT = PilotText(
    title="Bài mẫu: Tối thứ bảy cả bản cùng học",
    difficulty="(Đây là bài mẫu, chuyện không có thật.)\n"
    "Bà con cao tuổi có điện thoại nhưng chỉ để nghe gọi. Con cháu đi làm xa, ở nhà không ai chỉ cho.",
    steps="1. Tổ đi từng ngõ hỏi xem nhà nào muốn học, học buổi nào thì tiện.\n"
    "2. Hẹn tối thứ bảy ở nhà văn hoá, nhắc trên loa từ hôm trước.\n"
    "3. Mỗi tối một bài thôi, học xong ai cũng tự bấm lại một lượt.\n"
    "4. Nhà nào không đến được thì hôm sau tổ ghé tận nhà.",
    people="Tổ công nghệ số cộng đồng, trưởng bản, chi hội Phụ nữ, mấy cháu học lớp 11 ngồi cạnh ông bà.",
    cost="Sáu tối, mỗi tối ba người trong tổ. Không tốn tiền, chỉ có ấm nước chè và ổ cắm điện.",
    change="Các cụ tự gọi được cho con có hình. Nhà nào có giấy tờ cần làm thì tự hỏi trước cần mang gì.",
    shortfall="Hai tối đầu dạy nhiều quá, về nhà không ai nhớ. Mùa gặt thì vắng, phải nghỉ ba tuần.",
    advice="Bắt đầu bằng việc bà con cần ngay, đừng bắt đầu bằng việc cài máy.",
    contact=Contact.TEAM,
)


def add_pilot(session: Session, hamlet_code: str, *, now: datetime) -> None:
    """A model of a sample hamlet, published a week before `now` with the figures of today."""
    writer = session.scalars(select(Person.id).where(Person.name == WRITER)).one()
    at = now - AGO
    figures = pilot_figures_today(session, hamlet_code, today=day_in_vietnam(at))
    session.add(
        Pilot(
            form_id=FORM,
            hamlet_code=hamlet_code,
            state=State.PUBLISHED,
            figures=figures.as_json() if figures else {},
            version=1,
            written_by=writer,
            changed_by=writer,
            created_at=at,
            changed_at=at,
            published_at=at,
            **TEXT.model_dump(),
        )
    )
    session.flush()


def clear_pilots(session: Session) -> int:
    """Remove the models of sample hamlets; copies made by real hamlets stay. Returns how many were removed."""
    hamlets = select(Area.code).where(Area.is_sample)
    made_up = select(Pilot.id).where(Pilot.hamlet_code.in_(hamlets))
    quietly = {"synchronize_session": False}
    session.execute(
        update(Pilot).where(Pilot.copied_from.in_(made_up)).values(copied_from=None), execution_options=quietly
    )
    found: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(Pilot).where(Pilot.hamlet_code.in_(hamlets)), execution_options=quietly
    )
    return found.rowcount
