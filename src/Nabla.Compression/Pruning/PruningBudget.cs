namespace Nabla.Compression;

/// <summary>What a smaller network is to have less of.</summary>
public enum PruningBudget
{
    /// <summary>Multiply-adds of one answer.</summary>
    MultiplyAdds,

    /// <summary>Numbers of parameters.</summary>
    Parameters,
}
