using System.Globalization;
using Nabla.Cli.Profiles;
using Nabla.Profiling;
using Spectre.Console;
using Profile = Nabla.Profiling.Profile;

namespace Nabla.Cli.Reports;

/// <summary>Prints a profile as a table: the ops, those that took longest first, and what they reach of the machine's speed.</summary>
internal static class ProfileReport
{
    public static void Print(Terminal terminal, Profile profile, ProfileSettings settings, MachineSpeed machine)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("op", "shapes");
        foreach (string figure in new[] { "calls", "ms", "share", "GFLOP/s", "% of peak", "GB/s", "% of memory" })
        {
            table.AddColumn(new TableColumn(figure).RightAligned());
        }

        foreach (OpProfile op in profile.Ops)
        {
            table.AddRow(Cells(op, profile, machine));
        }

        table.AddRow("outside kernels", "", "", Number(profile.SecondsOutsideKernels * 1e3), Share(profile.SecondsOutsideKernels / profile.Seconds), "", "", "", "");
        terminal.Console.Write(table);
        terminal.Output.WriteLine(Summary(profile, settings, machine));
    }

    private static string[] Cells(OpProfile op, Profile profile, MachineSpeed machine)
    {
        (double arithmetic, double memory) = (op.Flops / op.Seconds / 1e9, op.Bytes / op.Seconds / 1e9);
        return
        [
            Markup.Escape(op.Name),
            Markup.Escape(op.Shapes),
            op.Calls.ToString("N0", CultureInfo.InvariantCulture),
            Number(op.Seconds * 1e3),
            Share(op.Seconds / profile.Seconds),
            op.Flops > 0 ? Number(arithmetic) : "",
            op.Flops > 0 ? Share(arithmetic / machine.Arithmetic) : "",
            Number(memory),
            Share(memory / machine.Memory),
        ];
    }

    private static string Summary(Profile profile, ProfileSettings settings, MachineSpeed machine) => string.Create(
        CultureInfo.InvariantCulture,
        $"{settings.Steps:N0} steps of {settings.Batch:N0} in {profile.Seconds * 1e3:N1} ms, {settings.Steps * settings.Batch / profile.Seconds:N0} samples/s, "
        + $"on {settings.Threads} threads; the machine does {machine.Arithmetic:F0} GFLOP/s and {machine.Memory:F0} GB/s. Above 100 % of memory: data stayed in the cache.");

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : value < 1000 ? "F1" : "N0", CultureInfo.InvariantCulture);

    private static string Share(double share) => (100 * share).ToString(share < 0.0995 ? "F1" : "F0", CultureInfo.InvariantCulture) + " %";
}
