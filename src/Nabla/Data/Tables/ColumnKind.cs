using System.Text.Json.Serialization;

namespace Nabla.Data;

/// <summary>What the values of a column are.</summary>
public enum ColumnKind
{
    /// <summary>Numbers.</summary>
    [JsonStringEnumMemberName("numeric")]
    Numeric,

    /// <summary>Names of categories.</summary>
    [JsonStringEnumMemberName("categorical")]
    Categorical,
}
