using System.Globalization;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>A line of the table.</summary>
internal sealed record Row(string Case, string Variant, int Threads, string Metric, double Nabla, double Libtorch, double Ratio)
{
    public const string Header = "case\tvariant\tthreads\tmetric\tnabla\tlibtorch\tratio";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Case}\t{Variant}\t{Threads}\t{Metric}\t{Digits(Nabla)}\t{Digits(Libtorch)}\t{Ratio:F2}");

    private static string Digits(double figure) => figure.ToString(figure < 10 ? "F2" : figure < 1000 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
