namespace Nabla.Text.Stories;

/// <summary>
/// Tasks of bAbI by their number (Weston et al., Towards AI-Complete Question Answering: A Set of Prerequisite Toy Tasks, 2015, arXiv 1502.05698).
/// </summary>
public enum StoryTask
{
    /// <summary>One sentence of the story says where somebody is.</summary>
    OneSupportingFact = 1,

    /// <summary>Two sentences together say where a thing is: who has it or where it was left, and where that was.</summary>
    TwoSupportingFacts = 2,

    /// <summary>Three sentences together say where a thing was before it was elsewhere.</summary>
    ThreeSupportingFacts = 3,

    /// <summary>Somebody is of a kind, and all of that kind are afraid of something.</summary>
    BasicDeduction = 15,
}
