namespace Nabla.Formats;

/// <summary>Lists of names in errors.</summary>
internal static class Names
{
    private const int Shown = 20;

    /// <summary>As in <c>'a', 'b', 'c'</c>; long lists end with the number of those left out.</summary>
    public static string List(IReadOnlyCollection<string> names) => names.Count switch
    {
        0 => "none",
        <= Shown => Quote(names),
        _ => $"{Quote(names.Take(Shown))} and {names.Count - Shown} more",
    };

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
