from apscheduler.schedulers.blocking import BlockingScheduler

from clusters.grouping import group_reviews
from clusters.naming import name_group
from clusters.reviews import load_reviews, save_topics

scheduler = BlockingScheduler()


@scheduler.scheduled_job("cron", day_of_week="mon", hour=4)
def weekly_topics() -> None:
    """Group the reviews of the last week and name the groups."""
    groups = group_reviews(load_reviews(days=7), groups=12)
    save_topics([(name_group(group), len(group)) for group in groups])


if __name__ == "__main__":
    scheduler.start()
