using System.Globalization;
using System.Text.RegularExpressions;

namespace Nabla.HuggingFace;

/// <summary>A name with numbers in it, such as <c>block{0}.attention.query.kernel</c>.</summary>
internal sealed class NameTemplate(string text)
{
    private readonly Regex pattern = new(
        $"^{Regex.Replace(Regex.Escape(text), @"\\\{(\d)}", "(?<n$1>[0-9]{1,6})")}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>The numbers of a name; null when the name is another one.</summary>
    public IReadOnlyList<string>? Match(string name)
    {
        Match match = pattern.Match(name);
        return match.Success ? [.. match.Groups.Cast<Group>().Skip(1).Select(group => group.Value)] : null;
    }

    /// <summary>The name with numbers.</summary>
    public string With(IReadOnlyList<string> numbers) =>
        numbers.Index().Aggregate(text, (name, number) => name.Replace(string.Create(CultureInfo.InvariantCulture, $"{{{number.Index}}}"), number.Item, StringComparison.Ordinal));
}
