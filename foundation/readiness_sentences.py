"""The Vietnamese messages of failed checks, for /readyz, `flask doctor` and commands that the schema stops."""

from foundation.command_name import COMMAND
from foundation.schema import SchemaMismatch

# Why a command does not run, by the code of SchemaMismatch.
_SCHEMA_REFUSALS = {
    "behind": "Cơ sở dữ liệu ở bản {database}, mã nguồn cần bản {needed}. Chạy: {command} migrate",
    "too_new": "Cơ sở dữ liệu đã ở bản {database}, chỉ dùng được với mã nguồn từ bản {needed} trở lên. "
    "Cập nhật mã nguồn trên máy này rồi chạy lại.",
    "several_revisions": "Bảng alembic_version có hơn một dòng ({database}), nên không biết cơ sở dữ liệu ở bản nào. "
    "Chưa làm gì. Dừng máy chủ, chép cơ sở dữ liệu ra nơi khác, rồi xoá dòng thừa (mã nguồn này cần {needed}), hoặc "
    "khôi phục: {command} restore --replace <bản tốt gần nhất>",
}

# By check of /readyz and its code: what, why, what to do. The code "" is used for every other code of the check.
NOT_READY = {
    ("schema", "schema_behind"): (
        "Cơ sở dữ liệu chưa ở bản mới nhất.",
        "Trang nào cần bảng mới thì báo “đang chờ sửa”.",
        f"{COMMAND} migrate",
    ),
    ("schema", "schema_several_revisions"): (
        "Bảng alembic_version có hơn một dòng.",
        "Không biết cơ sở dữ liệu ở bản nào, nên không khởi động, sao lưu hay nâng cấp được.",
        "Dừng máy chủ, chép cơ sở dữ liệu ra nơi khác, rồi xoá dòng thừa, hoặc khôi phục bản sao lưu tốt gần nhất.",
    ),
    ("schema", "schema_too_new"): (
        "Cơ sở dữ liệu mới hơn mã nguồn trên máy này.",
        "Mã cũ có thể ghi sai.",
        "Cập nhật mã nguồn, rồi `make install` và khởi động lại.",
    ),
    ("database", "read_only"): (
        "Cơ sở dữ liệu chỉ đọc được.",
        "Không ai ghi được gì.",
        "Xem quyền của tệp và thư mục; với PostgreSQL, xem máy chủ có đang ở chế độ khôi phục không.",
    ),
    ("database", "damaged"): (
        "Cơ sở dữ liệu bị hỏng.",
        "Số liệu đọc ra có thể sai, và bản sao lưu mới sẽ hỏng theo.",
        f"Dừng máy chủ, giữ nguyên tệp, rồi: {COMMAND} restore <bản tốt gần nhất>",
    ),
    ("database", "full"): (
        "Cơ sở dữ liệu hết chỗ trên đĩa.",
        "Không ai ghi được gì; đọc vẫn được.",
        "df -h trên máy chứa cơ sở dữ liệu; dọn nhật ký, bản sao lưu cũ đã chép đi nơi khác.",
    ),
    ("database", "schema"): (
        "Cơ sở dữ liệu thiếu bảng hoặc cột mà mã nguồn cần.",
        "Trang nào cần chúng thì báo “đang chờ sửa”.",
        f"{COMMAND} migrate; vẫn thiếu thì khôi phục bản sao lưu tốt gần nhất.",
    ),
    ("database", "refused"): (
        "Cơ sở dữ liệu không cho người dùng này vào.",
        "Chỉ còn bài học mở được.",
        "Xem tên, mật khẩu, tên cơ sở dữ liệu trong DATABASE_URL, và quyền trên các bảng.",
    ),
    ("database", ""): (
        "Không dùng được cơ sở dữ liệu.",
        "Chỉ còn bài học mở được.",
        "Xem PostgreSQL có chạy không, DATABASE_URL có đúng không.",
    ),
    ("data_folder", ""): (
        "Không ghi được vào DATA_FOLDER.",
        "Không nhận được phiếu gửi lên, không làm được bản in.",
        "Xem quyền: ls -ld thư mục ấy; nó phải thuộc người dùng chạy máy chủ.",
    ),
    ("disk", ""): (
        "Đĩa gần hết chỗ.",
        "Hết chỗ thì không ai ghi được gì.",
        "df -h; dọn nhật ký, bản sao lưu cũ đã chép đi nơi khác.",
    ),
    ("clock", ""): (
        "Đồng hồ của máy này sai.",
        "Vai trò “từ hôm nay” chưa có hiệu lực, lượt thăm bị coi là ở tương lai, chữ ký ghi sai ngày.",
        "timedatectl set-ntp true; rồi xem: timedatectl status",
    ),
    ("jobs_worker", "clocks_differ"): (
        "Đồng hồ của máy này và của máy chạy việc dài lệch nhau.",
        "Một trong hai máy ghi sai giờ.",
        "Trên cả hai máy: timedatectl set-ntp true",
    ),
}


def sentence_for(name: str, code: str) -> str:
    """What is wrong and what to do; "" for a check without a message."""
    what, _why, fix = NOT_READY.get((name, code)) or NOT_READY.get((name, ""), ("", "", ""))
    return f"{what} {fix}".strip()


def schema_sentence(mismatch: SchemaMismatch) -> str:
    """Why a command does not run on this database, and what to do."""
    database = mismatch.database or "trống"
    return _SCHEMA_REFUSALS[mismatch.code].format(command=COMMAND, database=database, needed=mismatch.needed)
