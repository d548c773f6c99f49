using System.Globalization;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Checks hyper-parameters where they are given: each check returns the value, or says which range it must be in.</summary>
internal static class Limits
{
    /// <summary>A finite number above 0.</summary>
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value > 0 && double.IsFinite(value), value, "above 0", name);

    /// <summary>A finite number of 0 or more.</summary>
    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= 0 && double.IsFinite(value), value, "0 or more", name);

    /// <summary>A number from 0 up to, not including, 1: how much of a running mean is kept, or a share that must leave something.</summary>
    public static double BelowOne(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value is >= 0 and < 1, value, "from 0 up to, not including, 1", name);

    /// <summary>A number from 0 to 1.</summary>
    public static double Share(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value is >= 0 and <= 1, value, "from 0 to 1", name);

    /// <summary>A number from <paramref name="least"/> to <paramref name="largest"/>.</summary>
    public static double Between(double least, double largest, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= least && value <= largest, value, string.Create(CultureInfo.InvariantCulture, $"from {least} to {largest}"), name);

    /// <summary>A whole number of at least <paramref name="least"/>.</summary>
    public static int AtLeast(int least, int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        (int)Require(value >= least, value, string.Create(CultureInfo.InvariantCulture, $"{least} or more"), name);

    /// <summary>A finite number of at least <paramref name="least"/>.</summary>
    public static double AtLeast(double least, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        Require(value >= least && double.IsFinite(value), value, string.Create(CultureInfo.InvariantCulture, $"{least} or more"), name);

    private static double Require(bool holds, double value, string range, string name) => holds
        ? value
        : throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"{name} must be {range} but is {value}."));
}
