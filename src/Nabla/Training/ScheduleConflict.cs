using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>Keeps what sets the learning rate from optimizers whose schedule sets it anew before each step.</summary>
internal static class ScheduleConflict
{
    /// <exception cref="InvalidOperationException">The optimizer has a schedule.</exception>
    public static void Refuse(Optimizer optimizer, string setter)
    {
        if (optimizer.Schedule is { } schedule)
        {
            throw new InvalidOperationException($"The learning rate cannot follow both {schedule.GetType().Name} and {setter}: take one of them away.");
        }
    }
}
