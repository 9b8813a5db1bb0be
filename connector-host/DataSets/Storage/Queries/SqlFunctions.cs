using System.Collections.Frozen;

namespace ConnectorPlatform.Host.DataSets.Storage.Queries;

/// <summary>
/// The functions that a query may call. A new version of the database may bring others that reach further, so what is not listed is refused; so is what reads settings.
/// What takes long, or makes much of little, is not kept out: the limits of the query's process stop it.
/// </summary>
internal static class SqlFunctions
{
    private static readonly FrozenSet<string> Scalars = Of(
        // Operators and conversions
        """
        ! !__postfix !~~ !~~* % & && * ** + - -> ->> / // << <@ >> @ @> ^ ^@ | || ~ ~~ ~~* ~~~ xor add subtract multiply divide mod
        like_escape ilike_escape not_like_escape not_ilike_escape alias typeof can_cast_implicitly coalesce ifnull nullif constant_or_null greatest least
        """,
        // Numbers
        """
        abs acos acosh asin asinh atan atan2 atanh cbrt ceil ceiling cos cosh cot degrees even exp factorial fdiv floor fmod gamma gcd greatest_common_divisor
        isfinite isinf isnan lcm least_common_multiple lgamma ln log log10 log2 nextafter pi pow power radians random round round_even roundbankers sign signbit sin sinh sqrt
        tan tanh trunc bar bit_count bin hex to_base to_binary to_hex format_bytes formatreadablesize formatreadabledecimalsize
        """,
        // Text
        """
        ascii base64 bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein decode editdist3 encode ends_with format from_base64 from_hex
        hamming instr jaccard jaro_similarity jaro_winkler_similarity lcase left left_grapheme len length length_grapheme levenshtein lower lpad ltrim md5 mismatches nfc_normalize
        octet_length ord parse_dirname parse_dirpath parse_filename parse_path position prefix printf regexp_escape regexp_extract regexp_extract_all regexp_full_match regexp_matches
        regexp_replace regexp_split_to_array replace reverse repeat right right_grapheme rpad rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split
        string_split_regex string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix to_base64 translate trim ucase unhex unicode upper url_decode url_encode hash
        """,
        // Dates and times
        """
        age ago century current_date current_localtime current_localtimestamp current_time current_timestamp date_add date_diff date_part date_sub date_trunc datediff datepart datesub
        datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era get_current_time get_current_timestamp hour isodow isoyear
        julian last_day make_date make_time make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond millennium millisecond minute month monthname nanosecond
        normalized_interval now quarter second strftime strptime time_bucket timezone timezone_hour timezone_minute to_centuries to_days to_decades to_hours to_microseconds to_millennia
        to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years today try_strptime week weekday weekofyear year yearweek
        """,
        // Lists, structures, maps and JSON
        """
        generate_series range reduce array_aggregate array_append array_apply array_cat array_concat array_contains array_distinct array_extract array_filter array_has array_has_all array_has_any array_indexof
        array_intersect array_length array_pop_back array_pop_front array_position array_prepend array_push_back array_push_front array_reduce array_resize array_reverse array_reverse_sort
        array_select array_slice array_sort array_to_json array_to_string array_transform array_unique array_value array_where array_zip cardinality element_at filter flatten
        json_array json_array_length json_contains json_exists json_extract json_extract_path json_extract_path_text json_extract_string json_keys json_merge_patch json_object json_pretty
        json_quote json_structure json_type json_valid json_value from_json to_json row_to_json json json_group_array json_group_object
        list_aggr list_aggregate list_any_value list_append list_apply list_avg list_bool_and list_bool_or list_cat list_concat list_contains list_count list_distinct list_element
        list_extract list_filter list_first list_grade_up list_has list_has_all list_has_any list_histogram list_indexof list_intersect list_last list_max list_median list_min list_mode
        list_pack list_position list_prepend list_product list_reduce list_resize list_reverse list_reverse_sort list_select list_slice list_sort list_string_agg list_sum list_transform list_unique
        list_value list_where list_zip apply map map_concat map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values row struct_concat
        struct_contains struct_extract struct_extract_at struct_insert struct_keys struct_pack struct_update struct_values union_extract union_tag union_value unnest unpivot_list
        """,
        // Aggregates and windows
        """
        any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin array_agg avg
        bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp cume_dist dense_rank entropy favg fill first first_value fsum geomean
        geometric_mean group_concat grouping grouping_id histogram kahan_sum kurtosis kurtosis_pop lag last last_value lead list listagg mad max max_by mean median min min_by mode nth_value ntile
        percent_rank product quantile quantile_cont quantile_disc rank rank_dense regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
        reservoir_quantile row_number sem skewness stddev stddev_pop stddev_samp string_agg sum sum_no_overflow sumkahan var_pop var_samp variance wavg weighted_avg
        """);

    /// <summary>These need nothing but what they are given.</summary>
    private static readonly FrozenSet<string> Tables = Of("unnest range generate_series");

    public static bool MayCall(string function) => Scalars.Contains(function);

    public static bool MayReadFrom(string tableFunction) => Tables.Contains(tableFunction);

    private static FrozenSet<string> Of(params string[] groups) =>
        groups.SelectMany(group => group.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
