using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nabla.Data;

namespace Nabla.Cli.Commands;

/// <summary>Reads the values of options; what is wrong is said with the option's name and what it takes.</summary>
internal static class OptionValues
{
    private const int LargestLayer = 1 << 20;

    /// <summary>Whether an option was given, not left at what it usually is.</summary>
    public static bool IsGiven(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    /// <summary>A whole number.</summary>
    public static long WholeNumber(ArgumentResult result)
    {
        string text = TextOf(result);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            return value;
        }

        result.AddError($"{NameOf(result)} must be a whole number, not '{text}'");
        return 0;
    }

    /// <summary>A whole number from the least to the largest.</summary>
    public static int Between(ArgumentResult result, int least, int largest)
    {
        string text = TextOf(result);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= largest)
        {
            return value;
        }

        string range = largest == int.MaxValue ? $"{least} or more" : $"{least} to {largest}";
        result.AddError($"{NameOf(result)} must be a whole number, {range}, not '{text}'");
        return least;
    }

    /// <summary>A finite number above 0.</summary>
    public static double? Rate(ArgumentResult result)
    {
        string text = TextOf(result);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && double.IsFinite(rate) && rate > 0)
        {
            return rate;
        }

        result.AddError($"{NameOf(result)} must be a number above 0, not '{text}'");
        return null;
    }

    /// <summary>A number from 0 to below 1.</summary>
    public static double? Share(ArgumentResult result)
    {
        string text = TextOf(result);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share >= 0 && share < 1)
        {
            return share;
        }

        result.AddError($"{NameOf(result)} must be a number from 0 to below 1, not '{text}'");
        return null;
    }

    /// <summary>What a token is, by its name in small letters.</summary>
    public static TextUnit Unit(ArgumentResult result)
    {
        string text = TextOf(result);
        TextUnit[] units = [.. Enum.GetValues<TextUnit>().Where(unit => unit.ToString().ToLowerInvariant() == text)];
        if (units is [TextUnit only])
        {
            return only;
        }

        result.AddError($"{NameOf(result)} must be one of {string.Join(", ", Enum.GetNames<TextUnit>().Select(name => name.ToLowerInvariant()))}, not '{text}'");
        return default;
    }

    /// <summary>Names with commas between.</summary>
    public static string[] Names(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>Sizes of layers with commas between.</summary>
    public static int[] Sizes(ArgumentResult result)
    {
        string text = TextOf(result);
        int[] sizes = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0)];
        if (Array.Exists(sizes, size => size is < 1 or > LargestLayer))
        {
            result.AddError($"{NameOf(result)} must be whole numbers with commas between, such as 64,64, not '{text}'");
        }

        return sizes;
    }

    /// <summary>Numbers by name, one an occurrence of the option.</summary>
    public static Dictionary<string, double>? NamedNumbers(ArgumentResult result)
    {
        Dictionary<string, double> numbers = [];
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            int end = text.LastIndexOf('=');
            double number = double.NaN;
            bool isNamed = end > 0 && double.TryParse(text.AsSpan(end + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
            if (!isNamed || !numbers.TryAdd(text[..end], number))
            {
                result.AddError($"{NameOf(result)} must be NAME=NUMBER, each name once, not '{text}'");
            }
        }

        return numbers;
    }

    /// <summary>What stands between two fields; null to tell it from the header.</summary>
    /// <exception cref="UsageException">It is more than one character.</exception>
    public static char? Delimiter(string? text) => text switch
    {
        null => null,
        "tab" or "\\t" => '\t',
        [char delimiter] => delimiter,
        _ => throw new UsageException($"--delimiter must be one character or 'tab', not '{text}'."),
    };

    private static string TextOf(ArgumentResult result) => result.Tokens is [{ } token] ? token.Value : "";

    private static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? result.Argument.Name;
}
