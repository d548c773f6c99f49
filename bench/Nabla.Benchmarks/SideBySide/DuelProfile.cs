using System.Globalization;
using Nabla.Profiling;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>Where Nabla's time goes in a duel, op by op.</summary>
internal static class DuelProfile
{
    /// <summary>The titles of the lines.</summary>
    public const string Header = "case\tvariant\tms a call\tshare\tops a call\tGFLOP/s\tGB/s\top\tshapes";

    private const int WarmUpCalls = 5;
    private const int Calls = 10;

    /// <summary>Runs Nabla's side some times and gives a line for each op, those that took longest first, and one for what is outside of them.</summary>
    public static IEnumerable<string> Lines(Duel duel)
    {
        Repeat(duel, WarmUpCalls);
        Profile profile = Profiler.Record(() => Repeat(duel, Calls));
        foreach (OpProfile op in profile.Ops)
        {
            yield return Line(
                duel, op.Seconds, profile, Number((double)op.Calls / Calls), Number(op.Flops / op.Seconds / 1e9), Number(op.Bytes / op.Seconds / 1e9), op.Name, op.Shapes);
        }

        yield return Line(duel, profile.SecondsOutsideKernels, profile, "", "", "", "outside kernels", "");
    }

    private static void Repeat(Duel duel, int calls)
    {
        for (int call = 0; call < calls; call++)
        {
            duel.Nabla();
        }
    }

    private static string Line(Duel duel, double seconds, Profile profile, params string[] cells) => string.Join(
        '\t',
        [duel.Case, duel.Variant, Number(seconds / Calls * 1e3), $"{Number(100 * seconds / profile.Seconds)} %", .. cells]);

    private static string Number(double value) => value.ToString(value < 10 ? "F2" : "F1", CultureInfo.InvariantCulture);
}
