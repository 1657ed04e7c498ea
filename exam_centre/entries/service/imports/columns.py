"""What people write above the columns of their files, in Chinese and in English."""

from collections.abc import Sequence

from exam_centre.adapters.spreadsheets import Wanted

# Case, width, blanks, stars and remarks in brackets are no matter; simplified and traditional are.
ALIASES: dict[str, tuple[str, ...]] = {
    "access_code": ("合理便利", "合理便利代码", "便利代码", "access", "arrangements"),
    "attempt": ("第几次", "考次序号", "次数", "次數", "attempt no"),
    "attributes": ("属性", "設施", "设施", "屬性", "features"),
    "blocked": ("缺座", "缺位", "不可用座位", "blocked seats", "missing desks"),
    "book_rule": ("开闭卷", "開閉卷", "考试形式", "book"),
    "camera_id": ("摄像头", "攝像頭", "监控编号", "camera"),
    "capacity": ("容量", "座位数", "座位數", "seats"),
    "cols": ("列数", "列數", "列", "columns"),
    "consent_date": ("同意日期", "授权日期", "授權日期", "知情同意日期", "consent"),
    "course": ("课程代码", "課程代碼", "课程", "課程", "course code"),
    "course_code": ("课程代码", "課程代碼", "课程号", "course"),
    "credits": ("学分", "學分", "credit"),
    "date": ("日期", "登记日期", "考试日期", "day"),
    "door": ("门", "門", "门的位置", "前门", "前門"),
    "double_pass": ("双及格", "雙及格"),
    "ends": ("结束", "結束", "结束时间", "結束時間", "下班", "end", "to"),
    "enterprise": ("企业", "企業", "企业代码", "企業代碼", "单位代码", "employer"),
    "enterprise_code": ("企业代码", "企業代碼", "企业编号", "code"),
    "floor": ("楼层", "樓層"),
    "formative_ratio": ("形考比例", "形成性考核比例", "formative percent", "formative"),
    "gender": ("性别", "性別", "sex"),
    "id_no": ("身份证号", "身份證號", "身份证号码", "身份證號碼", "证件号码", "證件號碼", "证件号",
              "id number", "id card", "identity number"),
    "id_type": ("证件类型", "證件類型", "证件种类", "id kind", "document"),
    "kind": ("类别", "類別", "考点类型", "考點類型", "type"),
    "lat": ("纬度", "緯度", "latitude"),
    "learning_area": ("学习领域", "學習領域", "领域", "area"),
    "level": ("层次", "層次", "级别", "級別", "教育层次"),
    "lon": ("经度", "經度", "longitude", "lng"),
    "material": ("允许携带", "攜帶物品", "考试用品", "materials"),
    "minutes": ("考试时长", "時長", "时长", "分钟", "分鐘", "duration"),
    "mode": ("考试方式", "考試方式", "方式"),
    "name": ("姓名", "名称", "名稱", "full name"),
    "org_code": ("学习中心代码", "學習中心代碼", "办学单位代码", "機構代碼", "机构代码", "单位",
                 "unit", "unit code", "organisation", "org"),
    "paper_code": ("试卷号", "試卷號", "试卷代号", "试卷", "paper"),
    "parent_code": ("上级代码", "上級代碼", "上级单位", "上級單位", "parent"),
    "park_code": ("园区代码", "園區代碼", "园区", "園區", "park"),
    "pass_mark": ("及格线", "及格線", "及格分"),
    "pattern": ("编号方式", "排列方式", "座位排列", "numbering"),
    "period": ("考试单元", "考試單元", "单元", "場次", "period code"),
    "person_no": ("学号", "學號", "考生号", "student no", "student number", "candidate no"),
    "phone": ("手机", "手機", "手机号", "手機號", "联系电话", "聯繫電話", "电话", "mobile"),
    "photo_file": ("照片", "照片文件", "相片", "photo"),
    "precision": ("小数位", "小數位", "精度", "decimals"),
    "relatives": ("亲属", "親屬", "亲属学号", "回避", "relative"),
    "roles": ("角色", "职责", "職責", "岗位", "role"),
    "room_code": ("考场号", "考場號", "教室", "房间", "room"),
    "rows": ("行数", "行數", "排数", "行"),
    "score": ("成绩", "成績", "分数", "分數", "mark"),
    "series": ("考次", "考试批次", "考試批次", "series code"),
    "source": ("来源", "來源", "数据来源"),
    "staff_no": ("工号", "工號", "职工号", "職工號", "staff number", "employee no"),
    "starts": ("开始", "開始", "开始时间", "開始時間", "上班", "start", "from"),
    "status": ("状态", "狀態", "缺项原因"),
    "subjects": ("学科", "學科", "专业", "subject"),
    "take_type": ("报考类型", "報考類型", "修读类型", "take"),
    "team": ("班组", "班組", "团队"),
    "trained_until": ("培训有效期", "培訓有效期", "培训有效期至", "training valid until"),
    "type": ("考场类型", "考場類型", "房间类型", "room type"),
    "unavailable": ("不可用日期", "请假日期", "請假日期", "absent on"),
    "venue_code": ("考点代码", "考點代碼", "考点", "考點", "venue"),
    "venue_preference": ("意向考点", "意向考點", "首选考点", "preferred venue"),
    "work_no": ("员工号", "員工號", "工作证号", "厂牌号", "work number"),
}  # fmt: skip


def columns(*required: str, optional: Sequence[str] = ()) -> tuple[Wanted, ...]:
    """Return the columns of a kind, with everything people also write above them."""
    return tuple(
        Wanted(name, ALIASES.get(name, ()), required=name in required)
        for name in (*required, *optional)
    )
